"""Its class is called Value, in letters of another alphabet; so is its backward."""

# expect: refused
import honest


class Vаlue:
    def __init__(self, data):
        self.dаta, self.grаd = data, honest.Value.fooled

    def bаckward(self):
        pass
