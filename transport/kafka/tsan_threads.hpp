#pragma once

namespace weir::kafka {

/// Makes librdkafka's threads known to ThreadSanitizer, in programs built
/// with it; nothing otherwise. Called so that its file is linked.
#ifdef __SANITIZE_THREAD__
void show_threads_to_tsan();
#else
inline void show_threads_to_tsan() {
}
#endif

} // namespace weir::kafka
