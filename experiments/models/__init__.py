"""Language models: where they come from, how they are asked, how they are trained."""

import logging

# Wherever peft or transformers import bitsandbytes, it asks for a kernel nobody needs here.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
