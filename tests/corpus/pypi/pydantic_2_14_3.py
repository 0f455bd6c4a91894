"""A signup form is validated with a Pydantic model; a bad form is reported to the caller as an error.

With Pydantic 2.14.3 the ValidationError keeps the ValueError of the validator in native memory that the cyclic
collector cannot see; here the error is kept in a local variable and raised again, so that its traceback refers to the
frame that refers to it. The cycle goes through native code and is never freed: per call a ValidationError, a
ValueError, their tracebacks and frames stay, and nothing in Python refers to them.
"""

import pydantic


class Signup(pydantic.BaseModel):
    name: str
    country: str

    @pydantic.field_validator("country")
    @classmethod
    def two_letters(cls, value):
        if len(value) != 2:
            raise ValueError("not a country code")  # born
        return value


_n = 0
rejected = 0


def setup():
    pass


def parse(form):
    failure = None
    try:
        return Signup.model_validate(form)  # born
    except pydantic.ValidationError as error:
        failure = error
    raise failure  # born


def iterate():
    global _n, rejected
    _n += 1
    try:
        parse({"name": "user%d" % _n, "country": "USA"})  # born
    except pydantic.ValidationError:
        rejected += 1
