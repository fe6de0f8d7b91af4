"""Check all chapters: python -m experiments.book.lint."""

import sys

from experiments.book.lint.chapter import main

sys.exit(main())
