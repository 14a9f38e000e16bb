"""Visitors that record what they see: ordinary ones, and ones that look attributes up in unusual ways."""

import ast


class Recorder(ast.NodeVisitor):
    def __init__(self, seen):
        self.seen = seen

    def record(self, node):
        self.seen.append((type(self).__name__, type(node).__name__, getattr(node, "lineno", None)))


class Functions(Recorder):
    def visit_FunctionDef(self, node):
        self.record(node)
        self.generic_visit(node)
        return "the result"

    visit_Lambda = visit_Module = visit_FunctionDef


class Expressions(Recorder):
    def visit_Name(self, node):
        self.record(node)

    def visit_Call(self, node):
        self.record(node)
        self.visit(node.func)
        self.generic_visit(node)

    visit_Constant = visit_Load = visit_Add = visit_arguments = Recorder.record


class EveryNode(Recorder):
    def generic_visit(self, node):
        self.record(node)
        return super().generic_visit(node)


class EveryVisit(Recorder):
    def visit(self, node):
        self.record(node)
        return super().visit(node)


class ByName(Recorder):
    def __getattr__(self, name):
        if name.startswith("visit_") and name.endswith(("Def", "Name")):
            self.seen.append(name)
            return self.generic_visit
        raise AttributeError(name)


class Slots(ast.NodeVisitor):
    __slots__ = ("seen",)

    def __init__(self, seen):
        self.seen = seen

    def visit_Name(self, node):
        self.seen.append(node.id)


def changing(seen):
    """Make a visitor of a class of its own, which it changes."""

    class Visitor(Recorder):
        """Changes itself while it visits."""

        def visit_FunctionDef(self, node):
            self.record(node)
            if "visit_Name" in vars(self):
                del self.visit_Name
            else:
                self.visit_Name = self.record
            self.generic_visit(node)

        def visit_ClassDef(self, node):
            self.record(node)
            own = vars(type(self))
            if "visit_arg" in own:
                del type(self).visit_arg
            else:
                type(self).visit_arg = Recorder.record
            self.generic_visit(node)

        def visit_For(self, node):
            self.record(node)
            self.generic_visit(node)
            self.generic_visit = lambda node: self.seen.append(ast.dump(node))

        def visit_While(self, node):
            self.visit = lambda node: self.seen.append(type(node))
            ast.NodeVisitor.generic_visit(self, node)
            del self.visit

    return Visitor(seen)


class SometimesThere(Recorder):
    """Finds a method every second time."""

    n = 0

    def __getattr__(self, name):
        self.seen.append(name)
        self.n += 1
        if name != "visit_Name" or self.n % 2:
            raise AttributeError(name)
        return self.record


class Properties(Recorder):
    n = 0

    @property
    def visit_Name(self):
        self.n += 1
        if self.n % 2:
            raise AttributeError("visit_Name")
        return self.record

    @property
    def generic_visit(self):
        self.seen.append("generic_visit")
        return super().generic_visit

    @property
    def visit(self):
        self.seen.append("visit")
        return super().visit


class Looking(Recorder):
    def __getattribute__(self, name):
        object.__getattribute__(self, "seen").append(name)
        return object.__getattribute__(self, name)


class AsksAgain(Recorder):
    """Gets a method while the class of a child is asked for, which is the last thing that a node has."""

    def visit_Module(self, node):
        class Odd:
            @property
            def __class__(odd):
                self.visit_Name = self.record
                return Odd

        node.body[3].value.keywords.append(Odd())
        self.generic_visit(node)


class NoMethods(Recorder):
    visit_Name = None
    visit_Call = staticmethod(lambda node: None)
    visit_BinOp = classmethod(lambda cls, node: None)


class Borrowing:
    """Has `visit` and no `generic_visit`."""

    visit = ast.NodeVisitor.visit

    def __init__(self, seen):
        self.visit_Module = seen.append


class Old(Recorder):
    visit_Num = visit_Str = Recorder.record
