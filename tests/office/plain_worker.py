"""The real worker, but with the network of the machine: what do the settings alone hold off?"""

import importlib.util
import sys
from pathlib import Path

SPEC = importlib.util.spec_from_file_location("worker", sys.argv[1])
assert SPEC is not None
assert SPEC.loader is not None
worker = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(worker)
worker.leave_network = lambda: False
worker.main(Path(sys.argv[2]), Path(sys.argv[3]))
