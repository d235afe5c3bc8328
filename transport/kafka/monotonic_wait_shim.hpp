#pragma once

namespace weir::kafka {

/// Lets librdkafka wait by the steady clock. Called so that its file is linked.
void wait_by_the_steady_clock();

} // namespace weir::kafka
