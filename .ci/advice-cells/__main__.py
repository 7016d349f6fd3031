"""Applies the advice: each program fails with a fault on this machine's own loopback, the line that tlsdiag gives for it is written where the advice says,
and the same handshake is tried again.

advice-cells TLSDIAG [-v] [--table FILE] [--some NUMBER] [WORD…]

A cell is PROGRAM::FAULT, and words select those that have them all in their name. --some ends when so many lines have mended something, of all
sorts of programs. The preload object lies beside TLSDIAG. Prints a line a cell;
the exit status is 1 if an advised line did not mend what it is for.
"""
import contextlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import clients  # noqa: E402
import place  # noqa: E402
import servers  # noqa: E402
import table  # noqa: E402
from faults import CLIENT, SERVER  # noqa: E402
from peers import cnf, meet, server_for  # noqa: E402
from place import Failed, Running, joined, listens, until  # noqa: E402

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
    if getattr(program, 'takes_all', False) and not any(one['stack'] == program.stack[-1] for one in own):
        own = []
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
    def settle(self, running, count, recorded_at_client, limit):
        """What was recorded of this visit; nothing at once is no failure where it may be that nobody came in."""
        if recorded_at_client is not None:
            return recorded_at_client
        try:
            until(lambda: len(running.records()) > count or running.process.poll() is not None, 'a record', limit)
        except Failed:
            if limit > 1:
                raise
        return running.records()[count:]

    def visit(self, running, program, peer, limit=8):
        program.running = running
        count = len(running.records())
        at_client = peer.get('recorded') or not program.recorded
        seen = meet(program, peer)
        return self.settle(running, count, seen if at_client else None, limit)

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
        # A server over UDP does not hear what its client minds.
        if getattr(program, 'by', None) == 'openvpn' and fault.cause.startswith('server_cert'):
            peer['recorded'] = True
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
            seen = self.visit(running, program, peer, 1) if listens(program.port) else []
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
            if not getattr(program, 'alone', False):
                return self.visit(server, program)
        with server_for(program, peer) as server:
            program.port = server.port
            return self.visit(server, program)

    def visit(self, server, program):
        before = len(server.running.records())
        with program.session(cnf(self.cnf)) as client:
            client.wait(program.limit)
        if program.recorded:
            return client.records()
        until(lambda: len(server.running.records()) > before, 'a record', 8)
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
            if fault.name in getattr(program, 'faults', (fault.name,)):
                yield ClientCell(program, fault)


def option(words, name):
    """The word behind this one, and takes both out."""
    if name not in words:
        return None
    at = words.index(name)
    value = words[at + 1]
    del words[at:at + 2]
    return value


def main(tlsdiag, *words):
    global VERBOSE
    words = list(words)
    output, some = option(words, '--table'), option(words, '--some')
    output = output and pathlib.Path(output).resolve()
    if '-v' in words:
        words.remove('-v')
        VERBOSE = True
    chosen = [cell for cell in cells() if all(word.lower() in cell.name.lower() for word in words)]
    if some:
        # Always the same order, in which neighbours have nothing in common.
        random.Random(20).shuffle(chosen)
    Running.tlsdiag = pathlib.Path(tlsdiag).resolve()
    wrong, results = 0, []
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        os.chdir(folder)
        place.certificates()
        for cell in chosen:
            if some and sum(outcome == 'mended' for _, outcome, _ in results) == int(some):
                break
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
    return 1 if wrong or not mended else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
