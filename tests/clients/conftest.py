from cluster_fixtures import driver, nodes  # noqa: F401
from weir_fixtures import *  # noqa: F401, F403
