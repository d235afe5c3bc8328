from weir_fixtures import *  # noqa: F401, F403
