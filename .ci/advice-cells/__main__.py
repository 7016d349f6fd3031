"""Applies the advice: each program fails with a fault on this machine's own loopback, the line that tlsdiag gives for it is written where the advice says,
and the same handshake is tried again.

advice-cells TLSDIAG [-v] [--table FILE] [WORD…]

A cell is PROGRAM::FAULT, and words select those that have them all in their name. The preload object lies beside TLSDIAG. Prints a line a cell;
the exit status is 1 if an advised line did not mend what it is for.
"""
import contextlib, os, pathlib, shutil, subprocess, sys, tempfile, time, traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import clients, place, servers, table  # noqa: E402
from faults import CLIENT, SERVER  # noqa: E402
from peers import cnf, meet, server_for  # noqa: E402
from place import Failed, Running, joined, until  # noqa: E402

VERBOSE = False


class Impossible(Exception):
    """The program cannot be made to fail like this, or there is no line of its own; the reason goes into the table."""


def verdicts(records):
    return [record['diagnosis'].get('cause') or ('ok' if record['tls']['established'] else 'no cause') for record in records]


def advised(records, program, fault):
    """The lines for this program, of the record that names the cause."""
    named = [record for record in records if record['diagnosis'].get('cause') == fault.cause]
    if not named:
        raise Impossible(f'the verdict is {", ".join(sorted(set(verdicts(records)))) or "not recorded"}')
    record = named[-1]
    advice = record['diagnosis']['findings'][0]['advice']
    mine = [one for one in advice if one.get('side') in (None, program.side) and one.get('place') and fault.line in one['line']]
    own = [one for one in mine if one['stack'] in ([program.stack] if isinstance(program.stack, str) else program.stack)]
    is_own = record['role'] == program.side and program.recorded
    if is_own and not all(one.get('at_hand') for one in own):
        raise Failed(f'the line is not marked as that of the program at hand: {own}')
    # Its file is read for a program that has no word of its own, if it uses OpenSSL.
    by_file = [one for one in mine if one['stack'] == 'openssl.cnf' and (one.get('at_hand') or not is_own)]
    lines = own or by_file if program.recorded else own
    if not lines:
        raise Impossible('it has no such setting')
    return lines


class Cell:
    def __init__(self, program, fault):
        self.program, self.fault, self.line, self.stack = program, fault, None, None
        self.name = f'{program.title}::{fault.name}'.replace(' ', '-')

    def prepare(self):
        """The program with its fault, new."""
        program, self.cnf = self.program(), []
        program.port = place.port()
        for key in pathlib.Path().glob('**/*.key'):
            key.chmod(0o644)
        return program

    def turn(self, program):
        for knob in self.fault.knobs:
            name, *values = [knob] if isinstance(knob, str) else knob
            # With a question mark: where it has the word.
            if not program.knob(name.removeprefix('?'), *values) and not name.startswith('?'):
                if not self.fault.cnf or name in ('verify', 'crl', 'depth'):
                    raise Impossible('it has no such setting')
                self.cnf = [self.fault.cnf]

    def apply(self, program, lines):
        first = lines[0]
        self.line, self.stack = first['line'], first['stack']
        if self.stack == 'openssl.cnf':
            key = [line.split('=')[0].strip() for line in self.line.splitlines()]
            self.cnf = [line for line in self.cnf if line.split('=')[0].strip() not in key] + self.line.splitlines()
        else:
            for one in lines if getattr(program, 'takes_all', False) else lines[:1]:
                program.put(one['line'].replace('/path/', '/path/live/') if self.fault.shows == 'ec' else one['line'])
            self.line = '\n'.join(one['line'] for one in (lines if getattr(program, 'takes_all', False) else lines[:1]))


@contextlib.contextmanager
def running_until_left(running):
    try:
        yield running
    finally:
        running.stop()


class ServerCell(Cell):
    def settle(self, running, program, count, recorded_at_client):
        """What was recorded of this visit."""
        if recorded_at_client is not None:
            return recorded_at_client
        until(lambda: len(running.records()) > count or running.process.poll() is not None, 'a record', 8)
        time.sleep(0.1)  # Whatever else belongs to this visit has no sign of its own.
        return running.records()[count:]

    def visit(self, running, program, peer):
        program.running = running
        count = len(running.records())
        at_client = peer.get('recorded') or not program.recorded
        seen = meet(program, peer)
        return self.settle(running, program, count, seen if at_client else None)

    def serve(self, program):
        return Running(program.command(), recorded=program.recorded, port=program.port, env={**cnf(self.cnf), **program.env}, stop=program.stop())

    def put_live(self, name):
        folder = pathlib.Path('live')
        folder.mkdir(exist_ok=True)
        chain = 'fullchain.pem' if name == 'server' else f'{name}-chain.pem'
        joined('live/fullchain.pem', chain)
        joined('live/server.key', f'{name}.key')
        joined('live/fullchain-and-key.pem', chain, f'{name}.key')
        for file in ('rsa.pem', 'rsa.key', 'rsa-and-key.pem'):
            joined(f'live/{file}', file)
        if self.program.stack == 'postgresql':
            shutil.chown('live/server.key', 'root', 'postgres')
            pathlib.Path('live/server.key').chmod(0o640)

    def attempt(self):
        program, fault = self.prepare(), self.fault
        peer = dict(fault.peer)
        if fault.renewed or fault.shows == 'ec':
            self.put_live(fault.renewed or fault.shows)
            program.shows('fullchain', '/path/live')
        else:
            program.shows(fault.shows or 'fullchain')
        self.turn(program)
        try:
            running = self.serve(program).__enter__()
        except Failed as error:
            raise Impossible('it does not start so') from error
        with running_until_left(running):
            broken = self.visit(running, program, peer)
            lines = advised(broken, program, fault)
            if fault.renewed:
                return self.renew(running, program, peer, lines)
        self.apply(program, lines)
        return self.again(program, peer)

    def again(self, program, peer):
        program.port = place.port() if not isinstance(program, servers.Nginx) else program.port
        with self.serve(program) as running:
            return self.visit(running, program, peer)

    def renew(self, running, program, peer, lines):
        lines = [one for one in lines if one['stack'] == program.stack and not one['line'].startswith('server_name') and not one['line'].startswith('ServerName')]
        if not lines:
            raise Impossible('it has no such setting')
        self.line, self.stack = lines[-1]['line'], lines[-1]['stack']
        self.put_live('server')
        if program.reload(self.line.replace('/path/', f'{pathlib.Path.cwd()}/live/'), running):
            running.stop()
            return self.again(program, peer)
        end = time.monotonic() + 8
        # When it has read the file shows in nothing but what it serves.
        while True:
            seen = self.visit(running, program, peer)
            if 'ok' in verdicts(seen) or time.monotonic() > end:
                return seen
            time.sleep(0.1)


class ClientCell(Cell):
    def attempt(self):
        program, fault = self.prepare(), self.fault
        program.knob('trust', 'ca.pem')
        self.turn(program)
        peer = {'recorded': False, **fault.peer}
        server = server_for(program, peer)
        if server is None:
            raise Impossible('no server of its own kind does that')
        with server:
            program.port = server.port
            lines = advised(self.visit(server, program), program, fault)
            self.apply(program, lines)
            return self.visit(server, program)

    def visit(self, server, program):
        before = len(server.running.records())
        with program.session(cnf(self.cnf)) as client:
            client.wait(program.limit)
            if program.recorded:
                time.sleep(0.05)
                seen = client.records()
        if program.recorded:
            return client.records()
        until(lambda: len(server.running.records()) > before, 'a record', 8)
        time.sleep(0.1)
        return server.running.records()[before:]


def tried(cell):
    """What the table says of it: `mended`, or why not; and whether something is wrong."""
    try:
        seen = cell.attempt()
    except Impossible as reason:
        return 'not possible', str(reason)
    except (Failed, OSError, subprocess.SubprocessError, StopIteration) as error:
        if VERBOSE:
            traceback.print_exc()
        return 'broken', f'{type(error).__name__}: {error}'
    found = verdicts(seen)
    if seen and all(verdict == 'ok' for verdict in found):
        return 'mended', ''
    return 'NOT MENDED', ', '.join(found) or 'nothing was recorded'


def cells():
    for program in servers.SERVERS:
        for fault in SERVER:
            yield ServerCell(program, fault)
    for program in clients.CLIENTS:
        for fault in CLIENT:
            yield ClientCell(program, fault)


def main(tlsdiag, *words):
    global VERBOSE
    words, output = list(words), None
    if '--table' in words:
        at = words.index('--table')
        output = pathlib.Path(words[at + 1]).resolve()
        del words[at:at + 2]
    if '-v' in words:
        words.remove('-v')
        VERBOSE = True
    Running.tlsdiag = pathlib.Path(tlsdiag).resolve()
    wrong, results = 0, []
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        os.chdir(folder)
        place.certificates()
        for cell in cells():
            if not all(word.lower() in cell.name.lower() for word in words):
                continue
            if not cell.program().found():
                results.append((cell, 'not here', ''))
                continue
            begin = time.monotonic()
            outcome, why = tried(cell)
            wrong += outcome in ('NOT MENDED', 'broken')
            results.append((cell, outcome, why))
            line = (cell.line or '').replace('\n', ' | ')
            print(f'{outcome}: {cell.name} ({cell.fault.cause}, {time.monotonic() - begin:.1f} s){": " if line else ""}{line}{" -- " if why else ""}{why}', flush=True)
    mended = sum(outcome == 'mended' for _, outcome, _ in results)
    print(f'{mended} lines mend what they are for, {wrong} do not; {len(results) - mended - wrong} cells cannot be')
    if output:
        output.write_text(table.markdown(results))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
