"""A quarter folded from what its directorates came to one by one, so that a night works out those alone that changed.

    kept shares ► what changed in the folder ► the directorates that it concerns ► these collected by themselves ►
    their new shares in place of the old ones ► the answer of the whole

A share is what one directorate adds to the answer of a collection: counts, findings, the state of its return. Shares
are kept only where the answer is their sum for certain (see `plain`); in all other cases, and wherever anything is in
doubt, the whole quarter is worked out as if nothing were kept. The answer is the same to the byte.
"""
