"""Where the derived tables go."""

from pathlib import Path

import oa_crm.duplicates

DATA = Path(oa_crm.duplicates.__file__).parent / "data"
