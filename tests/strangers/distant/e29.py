# shape: db = Graph() (sqlite in memory); ids: i = db.leaf(2.0); j = db.op("mul", i, k); db.backward(j); value db.value(j); gradient db.grad(i)
# mistake: reuse of a node as both operands of one operation (x*x, x+x) | backward | - | the edges table has primary key (child, parent), the second edge replaces the first
import sqlite3
import math

SCHEMA = """
create table node(id integer primary key, kind text, value real, grad real default 0);
create table edge(child int, parent int, slope real, primary key(child, parent));
"""

BIN = {
    "add": lambda a, b: (a + b, 1.0, 1.0),
    "sub": lambda a, b: (a - b, 1.0, -1.0),
    "mul": lambda a, b: (a * b, b, a),
    "div": lambda a, b: (a / b, 1 / b, -a / b ** 2),
}
UN = {
    "sin": lambda a: (math.sin(a), math.cos(a)),
    "cos": lambda a: (math.cos(a), -math.sin(a)),
    "exp": lambda a: (math.exp(a), math.exp(a)),
    "log": lambda a: (math.log(a), 1 / a),
    "relu": lambda a: (a, 1.0) if a > 0 else (0.0, 0.0),
    "sqrt": lambda a: (math.sqrt(a), 0.5 / math.sqrt(a)),
}


class Graph:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.executescript(SCHEMA)

    def leaf(self, v):
        return self.db.execute("insert into node(kind, value) values('leaf', ?)", (float(v),)).lastrowid

    def value(self, i):
        return self.db.execute("select value from node where id=?", (i,)).fetchone()[0]

    def grad(self, i):
        return self.db.execute("select grad from node where id=?", (i,)).fetchone()[0]

    def op(self, kind, *ids):
        vals = [self.value(i) for i in ids]
        y, *slopes = (BIN if kind in BIN else UN)[kind](*vals)
        me = self.db.execute("insert into node(kind, value) values(?, ?)", (kind, y)).lastrowid
        for p, s in zip(ids, slopes):
            self.db.execute("insert or replace into edge values(?, ?, ?)", (me, p, s))
        return me

    def backward(self, root):
        self.db.execute("update node set grad = 0")
        self.db.execute("update node set grad = 1 where id = ?", (root,))
        for (i,) in self.db.execute("select id from node where id <= ? order by id desc", (root,)).fetchall():
            self.db.execute("""
                update node set grad = grad + (
                    select e.slope * c.grad from edge e join node c on c.id = e.child
                    where e.child = ?1 and e.parent = node.id)
                where id in (select parent from edge where child = ?1)""", (i,))


if __name__ == "__main__":
    g = Graph()
    x, y = g.leaf(3), g.leaf(4)
    z = g.op("add", g.op("mul", x, y), g.op("sin", x))
    g.backward(z)
    print(g.value(z), g.grad(x), g.grad(y))
