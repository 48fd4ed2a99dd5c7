"""What holds for every test."""

import os

# Idle OpenMP threads sleep: spinning ones slow torch tenfold when other processes want the cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
