"""Run another benchmark, or pytest, with the package as it is installed, compiled, and not as it lies in the checkout.

python -m benchmarks.installed speed
python -m benchmarks.installed dumps --runs 5
python -m benchmarks.installed pytest tests/test_clean.py
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Install into a temporary folder, and run what is named."""
    if len(sys.argv) == 1:
        sys.exit(__doc__)
    name, *rest = sys.argv[1:]
    # pytest puts the checkout first, but leaves alone what it has imported before.
    module = ["pytest", "-p", "cleaner"] if name == "pytest" else [f"benchmarks.{name}"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--target", folder, str(ROOT)], env=environment, check=True)
        environment |= {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join((folder, str(ROOT)))}
        return subprocess.run([sys.executable, "-m", *module, *rest], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
