"""The winback program, and how it is called."""

import os
import re
import subprocess
import tempfile


class WinbackError(RuntimeError):
    """winback ended with an exit code other than 0."""

    def __init__(self, code, text):
        super().__init__(f"winback ended with exit code {code}: {text.strip()}")
        self.code = code

    def __reduce__(self):  # it comes from an executor
        return (RuntimeError, (str(self),))


def code_in(text):
    """The exit code of winback that an error of Spark tells of; 1 where it tells none."""
    found = re.search(r"winback ended with exit code (\d+)", text)
    return int(found.group(1)) if found else 1


def path():
    """The program: that of this package, or what SPARK_WINBACK_BINARY names."""
    return os.environ.get("SPARK_WINBACK_BINARY") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "winback")


def output(arguments):
    """What winback prints; its errors pass through."""
    done = subprocess.run([path(), *arguments], stdout=subprocess.PIPE)
    if done.returncode:
        raise WinbackError(done.returncode, " ".join(arguments[:2]))
    return done.stdout.decode()


def piped(arguments, feed):
    """What winback writes on standard output of what feed writes on its standard input.

    winback reads all before it writes. The settings are those of the arguments alone,
    whatever the environment of an executor says.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WINBACK_")}
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen([path(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment) as process:
            try:
                feed(process.stdin)
                process.stdin.close()
            except BrokenPipeError:
                pass  # it says why below
            except BaseException:
                process.kill()
                raise
            written = process.stdout.read()
        if process.returncode:
            errors.seek(0)
            raise WinbackError(process.returncode, errors.read().decode(errors="replace"))
    return written
