"""docs/advice.md: which line was applied with which program, for which cause, and seen to work."""

HEAD = """# Advice that was applied

<!-- Written by `make advice`. -->

Each program below was started with a fault, on loopback and under `tlsdiag run` (what uses GnuTLS, Java's or Go's TLS has the recorder at the other
end). Its handshake failed with that cause. The line that tlsdiag gives for this program was written where it says, or the command was run; and the
same handshake worked. `yes` says so; a number leads to the reason why there is nothing to try. The versions are those of Debian 12.

Where the line is openssl.cnf's, the program has no word of its own, and read it from the file that `OPENSSL_CONF` names. Certificates that are
renewed lie where the old ones were, and the program was told to read them: what `systemctl` is to do, was done without it (the signal of the unit's
`ExecReload`, or a new start).

"""

ABSENT = """## Not applied

Debian 12 has no Envoy; its lines are those of its documentation. Of the programs that `.ci/advice-cells` knows, these were not there when this page
was written: {}. Lines for TLS 1.0 and 1.1 are applied with none.
"""

ABOUT = {
    'it has no such setting': 'the program has no such setting, and openssl.cnf has none either',
    'it does not start so': 'the program refuses to start with this fault',
    'the verdict is ok': 'the handshake goes well all the same: the program does not mind, minds after it, or overrides openssl.cnf',
    'not here': 'the program is not on this machine',
    'no server of its own kind does that': 'TLS begins inside of the program\'s own protocol, and the server that speaks it cannot be told so',
}


def names(results):
    return list(dict.fromkeys(cell.program.title for cell, _, _ in results))


def why(outcome, reason):
    if outcome in ('NOT MENDED', 'broken'):
        return 'the line did not mend it' if outcome == 'NOT MENDED' else 'it could not be tried'
    if outcome == 'not here':
        return ABOUT[outcome]
    return ABOUT.get(reason, reason.replace('the verdict is not recorded', 'nothing is recorded').replace('the verdict is ', 'it shows as '))


def grid(results, reasons):
    faults = list(dict.fromkeys((cell.fault.cause, cell.fault.name) for cell, _, _ in results))
    programs = names(results)
    found = {(cell.program.title, cell.fault.name): (outcome, reason) for cell, outcome, reason in results}
    page = '| cause | ' + ' | '.join(programs) + ' |\n|---|' + '---|' * len(programs) + '\n'
    for cause, fault in faults:
        row = []
        for program in programs:
            outcome, reason = found.get((program, fault), ('not here', ''))
            row.append('yes' if outcome == 'mended' else str(reasons.setdefault(why(outcome, reason), len(reasons) + 1)))
        page += f'| `{cause}`, {fault} | ' + ' | '.join(row) + ' |\n'
    return page


def lines(results):
    page = ''
    for cause, fault in dict.fromkeys((cell.fault.cause, cell.fault.name) for cell, _, _ in results):
        mended = [cell for cell, outcome, _ in results if outcome == 'mended' and cell.fault.name == fault]
        if mended:
            page += f'\n**{cause}, {fault}**\n\n'
        for cell in mended:
            text = ' and '.join(f'`{line}`' for line in cell.line.splitlines())
            page += f'- {cell.program.title}: {text}{" in openssl.cnf" if cell.stack == "openssl.cnf" else ""}\n'
    return page


def markdown(results):
    absent = [name for name in names(results) if all(outcome == 'not here' for cell, outcome, _ in results if cell.program.title == name)]
    results = [one for one in results if one[0].program.title not in absent]
    reasons, page = {}, HEAD
    programs = {cell.program.title for cell, outcome, _ in results if outcome == 'mended'}
    mended = sum(outcome == 'mended' for _, outcome, _ in results)
    page += f'{mended} lines with {len(programs)} programs; {len(results)} cells were looked at.\n'
    for title, side in (('Servers', 'server'), ('Clients', 'client')):
        of_side = [one for one in results if one[0].program.side == side]
        if of_side:
            page += f'\n## {title}\n\n{grid(of_side, reasons)}'
    page += '\n## Why not\n\n' + ''.join(f'{number}. {reason}\n' for reason, number in reasons.items())
    for title, side in (('Lines for servers', 'server'), ('Lines for clients', 'client')):
        page += f'\n## {title}\n{lines([one for one in results if one[0].program.side == side])}'
    return page + '\n' + ABSENT.format(' and '.join(absent) or 'None')
