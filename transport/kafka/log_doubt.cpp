#include "transport/kafka/log_doubt.hpp"

#include <utility>

namespace weir::kafka {

// One answer is many records.
void log_doubt::on_behind(clock::time_point now) {
  if (!is_open())
    since_ = asked_ = now;
  if (!std::exchange(answered_, true))
    ++answers_;
}

log_doubt::step log_doubt::next(clock::time_point now) {
  if (!answered_ || now - asked_ < between_questions)
    return step::none;
  if (answers_ >= enough_answers && now - since_ >= believed_after) {
    clear();
    return step::believe;
  }
  asked_ = now;
  answered_ = false;
  return step::ask;
}

} // namespace weir::kafka
