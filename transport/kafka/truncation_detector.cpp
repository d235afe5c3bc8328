#include "transport/kafka/truncation_detector.hpp"

#include <utility>

namespace weir::kafka {

// One answer is many records.
void truncation_detector::on_behind(clock::time_point now) {
  if (!is_open())
    since_ = asked_ = now;
  if (!std::exchange(answered_, true))
    ++answers_;
}

truncation_detector::step truncation_detector::next(clock::time_point now,
                                                    bool has_epochs) {
  if (!answered_ || now - asked_ < between_questions)
    return step::none;
  if (answers_ >= enough_answers && now - since_ >= needed_time(has_epochs)) {
    clear();
    return step::confirm;
  }
  asked_ = now;
  answered_ = false;
  return step::ask;
}

} // namespace weir::kafka
