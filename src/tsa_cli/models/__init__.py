"""
Models as pure functions: arrays in, arrays out; no SQL, no files.

Importing the package tells OpenMP to let waiting threads sleep: set before scikit-learn loads, or
boosting takes 5 to 20 times as long on a busy machine.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
