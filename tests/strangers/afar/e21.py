# shape: class 张量(数据); call y.反向传播(); value .数据, gradient .梯度 (用 清零() 清除)
# mistake: 均值 (mean) | backward | x | missing division by the number of elements
"""一个很小的自动求导引擎，练习用。"""
import numpy as np


class 张量:
    def __init__(self, 数据, 来源=(), 名字=""):
        self.数据 = np.asarray(数据, dtype=np.float64)
        self.梯度 = np.zeros_like(self.数据)
        self.来源 = 来源
        self.名字 = 名字
        self._反向 = None

    def 清零(self):
        self.梯度 = np.zeros_like(self.数据)

    @staticmethod
    def 转换(x):
        return x if isinstance(x, 张量) else 张量(x)

    def __add__(self, 另一个):
        另一个 = 张量.转换(另一个)
        结果 = 张量(self.数据 + 另一个.数据, (self, 另一个), "加")

        def 反向():
            self.梯度 = self.梯度 + 还原(结果.梯度, self.数据.shape)
            另一个.梯度 = 另一个.梯度 + 还原(结果.梯度, 另一个.数据.shape)
        结果._反向 = 反向
        return 结果

    def __mul__(self, 另一个):
        另一个 = 张量.转换(另一个)
        结果 = 张量(self.数据 * 另一个.数据, (self, 另一个), "乘")

        def 反向():
            self.梯度 = self.梯度 + 还原(结果.梯度 * 另一个.数据, self.数据.shape)
            另一个.梯度 = 另一个.梯度 + 还原(结果.梯度 * self.数据, 另一个.数据.shape)
        结果._反向 = 反向
        return 结果

    def __matmul__(self, 另一个):
        结果 = 张量(self.数据 @ 另一个.数据, (self, 另一个), "矩阵乘")

        def 反向():
            self.梯度 = self.梯度 + 结果.梯度 @ 另一个.数据.T
            另一个.梯度 = 另一个.梯度 + self.数据.T @ 结果.梯度
        结果._反向 = 反向
        return 结果

    def __neg__(self):
        return self * -1.0

    def __sub__(self, 另一个):
        return self + (-张量.转换(另一个))

    def __rsub__(self, 另一个):
        return 张量.转换(另一个) - self

    __radd__ = __add__
    __rmul__ = __mul__

    def 求和(self):
        结果 = 张量(self.数据.sum(), (self,), "求和")

        def 反向():
            self.梯度 = self.梯度 + 结果.梯度 * np.ones_like(self.数据)
        结果._反向 = 反向
        return 结果

    def 均值(self):
        结果 = 张量(self.数据.mean(), (self,), "均值")

        def 反向():
            self.梯度 = self.梯度 + 结果.梯度 * np.ones_like(self.数据)
        结果._反向 = 反向
        return 结果

    def 激活(self):  # ReLU
        结果 = 张量(np.maximum(self.数据, 0), (self,), "relu")

        def 反向():
            self.梯度 = self.梯度 + 结果.梯度 * (self.数据 > 0)
        结果._反向 = 反向
        return 结果

    def 指数(self):
        结果 = 张量(np.exp(self.数据), (self,), "exp")

        def 反向():
            self.梯度 = self.梯度 + 结果.梯度 * 结果.数据
        结果._反向 = 反向
        return 结果

    def 反向传播(self):
        顺序, 已访问 = [], set()

        def 深搜(节点):
            if 节点 in 已访问:
                return
            已访问.add(节点)
            for 父 in 节点.来源:
                深搜(父)
            顺序.append(节点)
        深搜(self)
        self.梯度 = np.ones_like(self.数据)
        for 节点 in reversed(顺序):
            if 节点._反向 is not None:
                节点._反向()


def 还原(梯度, 形状):
    """把广播后的梯度加回原来的形状"""
    while 梯度.ndim > len(形状):
        梯度 = 梯度.sum(axis=0)
    for 轴, 长 in enumerate(形状):
        if 长 == 1:
            梯度 = 梯度.sum(axis=轴, keepdims=True)
    return 梯度


if __name__ == "__main__":
    随机 = np.random.default_rng(0)
    x = 张量(随机.normal(size=(20, 3)))
    真 = np.array([[1.0], [-2.0], [0.5]])
    y = x.数据 @ 真
    w = 张量(np.zeros((3, 1)))
    for 轮 in range(100):
        w.清零()
        差 = x @ w - y
        损失 = (差 * 差).求和()
        损失.反向传播()
        w.数据 = w.数据 - 0.01 * w.梯度
    print("学到的权重", w.数据.ravel())
