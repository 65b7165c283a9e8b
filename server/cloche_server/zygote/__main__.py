"""`python -m cloche_server.zygote CONTROL_FD LANDMARK_FD`: run by the launcher, never by hand."""

import sys

from cloche_server.zygote.main import main

raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2])))
