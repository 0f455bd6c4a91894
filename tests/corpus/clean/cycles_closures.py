"""An expression evaluator is made of nested functions that call each other: every evaluator is cyclic garbage."""


def setup():
    pass


def make_evaluator(variables):
    def expression(tokens):
        value = term(tokens)
        while tokens and tokens[0] == "+":
            tokens.pop(0)
            value += term(tokens)
        return value

    def term(tokens):
        token = tokens.pop(0)
        if token == "(":
            value = expression(tokens)
            tokens.pop(0)
            return value
        return variables[token]

    return expression


def iterate():
    evaluate = make_evaluator({"a": 1, "b": 2, "c": [3][0]})
    assert evaluate(list("a+(b+c)")) == 6
