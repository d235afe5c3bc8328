#pragma once

namespace weir {

/// Makes all messages known to CAF. Requires: there is no actor system yet.
void init_type_ids();

} // namespace weir
