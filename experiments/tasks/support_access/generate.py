"""Write the benchmark `support-access` again.

    python -m experiments.tasks.support_access.generate
"""

from experiments.core import paths
from experiments.tasks.folder import write_files
from experiments.tasks.support_access.files import generate
from experiments.tasks.support_access.rules import NAME

if __name__ == "__main__":
    write_files(paths.TASKS / NAME, generate())
    print(f"wrote {paths.TASKS / NAME}")
