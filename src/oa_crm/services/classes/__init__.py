"""What customers are: level and categories, changed only together with the history that explains them.

`trees` reads the categories, `states` what customers are now and were, `keeping` writes the history, `writing` a change
and all that goes with it. `byhand`, `following` (after merges) and `applying` (by rules) are who changes; `conditions`
and `facts` are what rules ask.
"""

from oa_crm.services.classes.following import follow
from oa_crm.services.classes.keeping import Change, entered, leveled
from oa_crm.services.classes.trees import within

__all__ = ["Change", "entered", "follow", "leveled", "within"]
