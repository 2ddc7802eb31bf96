"""The shorthand of public copies, as the Government Analysis Function has it, and what it means here."""

from __future__ import annotations

CONFIDENTIAL, NOT_AVAILABLE, NOT_APPLICABLE, LOW, PROVISIONAL, REVISED = "[c]", "[x]", "[z]", "[low]", "[p]", "[r]"

MEANINGS: dict[str, str] = {
    CONFIDENTIAL: "Confidential. Hidden because the number is small, or because it would tell another hidden number.",
    LOW: "Low. Rounds to zero, but is not zero.",
    PROVISIONAL: "Provisional. The figure may change, because the service has not certified it yet.",
    REVISED: "Revised. The figure was corrected after it was first reported or published.",
    NOT_AVAILABLE: "Not available. There is no figure, or it came too late.",
    NOT_APPLICABLE: "Not applicable. Nothing was due for this period, or there is nothing to compare with.",
}
