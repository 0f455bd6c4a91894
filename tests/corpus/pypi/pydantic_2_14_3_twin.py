"""A signup form is validated with a Pydantic model; a bad form is reported to the caller as an error.

Pydantic 2.14.3 keeps the validator's ValueError in native memory; as no local variable keeps the ValidationError
here, there is no cycle and both go with the except block.
"""

import pydantic


class Signup(pydantic.BaseModel):
    name: str
    country: str

    @pydantic.field_validator("country")
    @classmethod
    def two_letters(cls, value):
        if len(value) != 2:
            raise ValueError("not a country code")
        return value


_n = 0
rejected = 0


def setup():
    pass


def parse(form):
    return Signup.model_validate(form)


def iterate():
    global _n, rejected
    _n += 1
    try:
        parse({"name": "user%d" % _n, "country": "USA"})
    except pydantic.ValidationError:
        rejected += 1
