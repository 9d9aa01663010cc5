# shape: 数(float); y.反向(); value y.值; gradient x.梯度; scalar, closures
# mistake: none
import math


class 数:
    """标量自动求导，一个节点 = 一个数"""

    def __init__(self, 值, 父=(), 算子=''):
        self.值 = float(值)
        self.梯度 = 0.0
        self.父 = 父
        self.算子 = 算子
        self.传播 = lambda: None

    @staticmethod
    def 包(x):
        return x if isinstance(x, 数) else 数(x)

    def __add__(self, 他):
        他 = 数.包(他)
        出 = 数(self.值 + 他.值, (self, 他), '+')

        def 传():
            self.梯度 += 出.梯度
            他.梯度 += 出.梯度
        出.传播 = 传
        return 出

    def __mul__(self, 他):
        他 = 数.包(他)
        出 = 数(self.值 * 他.值, (self, 他), '*')

        def 传():
            self.梯度 += 他.值 * 出.梯度
            他.梯度 += self.值 * 出.梯度
        出.传播 = 传
        return 出

    def __pow__(self, 幂):
        assert isinstance(幂, (int, float)), "幂只能是常数"
        出 = 数(self.值 ** 幂, (self,), f'^{幂}')

        def 传():
            self.梯度 += 幂 * self.值 ** (幂 - 1) * 出.梯度
        出.传播 = 传
        return 出

    def _一元(self, 结果, 导数, 名):
        出 = 数(结果, (self,), 名)

        def 传():
            self.梯度 += 导数 * 出.梯度
        出.传播 = 传
        return 出

    def 指数(self):
        e = math.exp(self.值)
        return self._一元(e, e, 'exp')

    def 对数(self):
        return self._一元(math.log(self.值), 1 / self.值, 'log')

    def 双曲正切(self):
        t = math.tanh(self.值)
        return self._一元(t, 1 - t * t, 'tanh')

    def 整流(self):
        return self._一元(max(0.0, self.值), float(self.值 > 0), 'relu')

    def 反向(self):
        次序, 见过 = [], set()

        def 建(v):
            if v not in 见过:
                见过.add(v)
                for p in v.父:
                    建(p)
                次序.append(v)
        建(self)
        for v in 次序:
            if v.父:
                v.梯度 = 0.0      # 叶子累加，中间节点清零
        self.梯度 = 1.0
        for v in reversed(次序):
            v.传播()

    def __neg__(self): return self * -1
    def __radd__(self, 他): return self + 他
    def __sub__(self, 他): return self + (-他)
    def __rsub__(self, 他): return 数.包(他) + (-self)
    def __rmul__(self, 他): return self * 他
    def __truediv__(self, 他): return self * 数.包(他) ** -1
    def __rtruediv__(self, 他): return 数.包(他) * self ** -1
    def __repr__(self): return f"数({self.值:.4f}, 梯度={self.梯度:.4f})"


if __name__ == '__main__':
    a, b = 数(2), 数(-3)
    c = (a * b + 1).双曲正切() + a / b
    c.反向()
    print(a, b, c)
