"""What people write with math, numpy or torch means the same in a case, or is refused."""

import pytest
from language.test_snippet import problems, text_of


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("np.exp(x)", "exp(x)"),
        ("math.exp(-x)", "exp(-x)"),
        ("torch.nn.functional.softplus(x)", "softplus(x)"),
        ("F.relu(x)", "relu(x)"),
        ("x.relu()", "relu(x)"),
        ("1 / (1 + np.exp(-x))", "sigmoid(x)"),
        ("1.0 / (1 + math.exp(-(x * x)))", "sigmoid(x * x)"),
        ("1 / (2 + np.exp(-x))", "1 / (2 + exp(-x))"),
        ("np.maximum(x, 0)", "relu(x)"),
        ("max(x, 0)", "relu(x)"),
        ("max(x, y)", "maximum(x, y)"),
        ("np.where(x > 0, x, 0.2 * x)", "leaky_relu(x, negative_slope=0.2)"),
        ("x if x > y else y * 2", "where(x > y, x, y * 2)"),
        ("np.add(x, np.negative(y))", "x + -y"),
        ("x * math.pi", "x * 3.141592653589793"),
        ("np.clip(x, -1, np.inf)", "clamp(x, min=-1)"),
        ("np.linalg.norm(x)", "norm(x)"),
        ("absolute(x)", "abs(x)"),
    ],
)
def test_what_people_write_of_numbers(code: str, expected: str) -> None:
    assert text_of(f"x, y = 0.5, -2\nf = ({code}) + y\n").endswith(f"expr: {expected} + y\n")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("np.sum(x, axis=0)", "sum(x, axis=0)"),
        ("F.gelu(x, approximate='tanh')", "gelu(x, approximate='tanh')"),
        ("np.linalg.norm(x, ord=np.inf)", "norm(x, ord=inf)"),
        ("torch.arctan2(x, x)", "atan2(x, x)"),
        ("F.mse_loss(x, x, reduction='sum')", "mse_loss(x, x, reduction='sum')"),
        ("x.sum(1, keepdims=True)", "sum(x, axis=1, keepdims=True)"),
        ("x.sum(dim=1, keepdim=True)", "sum(x, axis=1, keepdims=True)"),
        ("np.max(x, 0)", "max(x, axis=0)"),
        ("np.var(x)", "var(x, correction=0)"),
        ("torch.var(x)", "var(x)"),
        ("x.std(ddof=1)", "std(x, correction=1)"),
        ("x.T @ x", "x.T @ x"),
        ("np.dot(x.T, x)", "x.T @ x"),
        ("np.transpose(x)", "x.T"),
        ("x.transpose(1, 0)", "permute(x, axes=(1, 0))"),
        ("np.transpose(x, (1, 0))", "permute(x, axes=(1, 0))"),
        ("x.reshape(3, 2)", "reshape(x, shape=(3, 2))"),
        ("x.reshape(-1)", "reshape(x, shape=(-1,))"),
        ("np.concatenate([x, x], axis=1)", "concat(x, x, axis=1)"),
        ("np.einsum('ij,ij->i', x, x)", "einsum(x, x, equation='ij,ij->i')"),
        ("np.pad(x, ((0, 0), (1, 2)))", "pad(x, pad=(1, 2, 0, 0))"),
        ("x[:, ::2]", "x[:, ::2]"),
        ("np.where(x > 1, x, 0)", "where(x > 1, x, 0)"),
    ],
)
def test_what_people_write_of_arrays(code: str, expected: str) -> None:
    text = text_of(f"x = np.array([[1, 2, 3], [4.0, 5, 6]])\ny = {code}\nf = y * 2\n")
    assert f"  y: {expected}\n" in text.replace('"', "")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x.std(0)", "std(x, axis=0)"),
        ("torch.var(x, dim=1, unbiased=False)", "var(x, axis=1, correction=0)"),
        ("x.transpose(0, 1)", "transpose(x, axis0=0, axis1=1)"),
        ("x.t()", "x.T"),
        ("x.amax(1)", "max(x, axis=1)"),
        ("torch.where(x > 0, x, -math.inf)", "where(x > 0, x, -inf)"),
        ("tt.exp(x) * pi", "exp(x) * 3.141592653589793"),
    ],
)
def test_torchs_conventions_are_torchs(code: str, expected: str) -> None:
    imports = "import torch, math\nimport torch as tt\nfrom math import pi\n"
    text = text_of(f"{imports}x = torch.tensor([[1, 2, 3], [4.0, 5, 6]])\ny = {code}\nf = y * 2\n")
    assert f"  y: {expected}\n" in text.replace('"', "")


@pytest.mark.parametrize(
    "code",
    [
        "math.log(x, 2)",
        "F.softplus(x, 2)",
        "F.mse_loss(x, x, None, None, 'sum')",
        "torch.sub(x, 1, alpha=2)",
        "np.add(x, x, where=x > 0)",
        "x.flip(0, 1)",
        "torch.std(x, 0, False)",
        "torch.max(x, dim=1)[0]",
        "np.linalg.norm(x, 1)",
        "np.pad(x, (1, 2))",
        "sum(x)",
        "own(x)",
    ],
)
def test_what_would_come_out_otherwise_is_refused(code: str) -> None:
    snippet = "def own(x):\n    return x * x\nx = [[1.0, 2], [3, 4]]\n"
    found = problems(f"{snippet}f = {code}\n")
    assert [line.partition(":")[2][:2] for line in found] == ["4:"]


def test_a_function_that_has_the_name_of_an_operation_is_not_taken_for_it() -> None:
    snippet = "def sigmoid(x):\n    return x * x\nx = 2.0\nf = sigmoid(x)\n"
    assert problems(snippet) == [
        "s.py:4:5: sigmoid is a function of the code's own: write its steps"
    ]


def test_numbers_are_imported_by_name() -> None:
    text = text_of(
        "from math import inf, pi as half_turn\nx = 1.5\nf = where(x > -inf, x, half_turn)\n"
    )
    assert text.endswith("expr: where(x > -inf, x, 3.141592653589793)\n")
