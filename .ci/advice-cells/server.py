"""What all servers have: how one is started with settings of its own words, where a line of advice goes, and how it is told to read new files.

A configuration is a list of lines; a line of advice takes the place of the one with the same key."""
import os
import pathlib
import pwd
import re
import shutil
import signal

from place import Failed, run

HERE = pathlib.Path.cwd


def owned(name, user):
    """An empty folder of this user's."""
    shutil.rmtree(name, ignore_errors=True)
    pathlib.Path(name).mkdir()
    shutil.chown(name, user)
    return f'{HERE()}/{name}'


def as_user(user):
    who = pwd.getpwnam(user)
    return ['setpriv', f'--reuid={who.pw_uid}', f'--regid={who.pw_gid}', '--clear-groups']


def has_libssl(program):
    return bool(shutil.which(program)) and 'libssl.so' in run('ldd', program, check=False).stdout


class Server:
    title = stack = program = None
    starttls = None
    side = 'server'
    # Whether it is this process that is recorded: where it uses another library, its client is.
    recorded = True
    # What is wrong, in the program's own words; what it has no word for is said in openssl.cnf.
    knobs = {}
    separator = r'[\s=]+'

    def __init__(self):
        self.lines, self.port, self.env = [], None, {}

    # Whether it changes its user when it starts.
    as_root = False

    def found(self):
        return shutil.which(self.program) if os.geteuid() == 0 or not self.as_root else None

    def statements(self, advice):
        return [line for line in advice.splitlines() if line.strip()]

    def key(self, line):
        return re.split(self.separator, line.strip())[0]

    def put(self, advice):
        """In place of what has the same key."""
        for line in self.statements(advice):
            self.lines = [old for old in self.lines if self.key(old) != self.key(line)] + [line]

    def certificate(self, file, key):
        """The line for a certificate and its key."""
        raise NotImplementedError

    def shows(self, name, folder='/path'):
        self.put(self.certificate(f'{folder}/{name}.pem', f'{folder}/{"server" if name == "fullchain" else name.removesuffix("-chain")}.key'))

    def knob(self, name, *values):
        line = self.knobs.get(name)
        if line is None:
            return False
        for one in [line] if isinstance(line, str) else line:
            self.put(one.format(*values))
        return True

    def content(self):
        return '\n'.join(self.lines).replace('/path/', f'{HERE()}/') + '\n'

    def command(self):
        """Writes the configuration and gives the command that starts it; may set self.env."""
        raise NotImplementedError

    def stop(self):
        return None

    def reload(self, line, running):
        """Does what the line says; True if the server has to be started anew for that."""
        if line.startswith('systemctl restart'):
            return True
        if line.startswith('kill -HUP'):
            program = pathlib.Path(self.found()).resolve().name
            for number in running.processes():
                try:
                    if pathlib.Path(f'/proc/{number}/exe').resolve().name == program:
                        os.kill(number, signal.SIGHUP)
                        return False
                except OSError:
                    continue
        raise Failed(f'{line}: no way to do that here')
