"""Where the derived tables go."""

from pathlib import Path

import oa_crm.codes
import oa_crm.duplicates

DATA = Path(oa_crm.duplicates.__file__).parent / "data"
CODES = Path(oa_crm.codes.__file__).parent / "data"
