# SPDX-License-Identifier: Apache-2.0
"""What every table of the phone store hangs on, and the revision this code expects to find in the database."""

from typing import Final

from sqlalchemy import MetaData

from storage.naming import CONVENTION

# The newest file in storage/phone/migrations/versions. The store's name is part of it, so that neither store
# can be mistaken for the other.
HEAD: Final = "phone_0001"

metadata: Final = MetaData(naming_convention=CONVENTION, info={"store": "phone", "head": HEAD})
