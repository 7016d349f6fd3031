"""What all clients have: how each makes one handshake, and where a line of advice goes."""
import pathlib
import shutil

from place import Running

HERE = pathlib.Path.cwd


class Client:
    title = stack = program = None
    side = 'client'
    recorded = True
    knobs = {}
    # Whether all lines that are for it are needed at once.
    takes_all = False
    # It ends by itself by then, or is ended.
    limit = 10

    def __init__(self):
        self.lines, self.port, self.env = [], None, {}

    def found(self):
        inner = getattr(self, 'inner', None)
        return shutil.which(self.program) and (inner is None or inner().found())

    def put(self, advice):
        self.lines.append(advice)

    def knob(self, name, *values):
        line = self.knobs.get(name)
        if line is None:
            return False
        if line:
            self.put(line.format(*values))
        return True

    def content(self):
        return self.filled('\n'.join(self.lines))

    def filled(self, line):
        return line.replace('/path/', f'{HERE()}/').replace('HOST:443', f'other.test:{self.port}').replace('https://HOST/', f'https://other.test:{self.port}/').replace(
            'HOST', 'other.test').replace('ADDRESS', '127.0.0.1').replace(':PORT', f':{self.port}')

    def url(self):
        return f'https://localhost:{self.port}/'

    def command(self):
        raise NotImplementedError

    def session(self, env):
        return Running(self.command(), recorded=self.recorded, env={**env, **self.env})


class OnTheLine(Client):
    """Options on a command line: a later one takes the place of an earlier one."""
    name = None

    def words(self):
        return [word for line in self.lines for word in self.filled(line).split() if word not in (self.name, '…')]
