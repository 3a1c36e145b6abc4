// Command readme runs the commands that a document shows and writes down what
// they print, so that no figure in it is older than the program.
//
//	readme README.md
//
// A fenced block of the language console is run: its lines that begin with "$ "
// are given to the shell in the current folder, with bin/ first on the path, and
// what lies between them is replaced by their output.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "readme: want the document")
		os.Exit(2)
	}
	if err := refresh(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

func refresh(path string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := rerun(string(old), shell)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

const (
	opens  = "```console"
	closes = "```"
)

// rerun replaces the output of every command in the console blocks of a text.
func rerun(text string, run func(command string) (string, error)) (string, error) {
	var out strings.Builder
	inside := false
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(line, "\r\n")
		switch {
		case bare == opens:
			inside = true
		case inside && bare == closes:
			inside = false
		}
		command, isCommand := strings.CutPrefix(bare, "$ ")
		if inside && bare != opens && !isCommand {
			continue
		}
		out.WriteString(line)
		if inside && isCommand {
			printed, err := run(command)
			if err != nil {
				return "", err
			}
			out.WriteString(printed)
		}
	}
	if inside {
		return "", fmt.Errorf("a block that opens with %s does not close", opens)
	}
	return out.String(), nil
}

// shell runs a command and returns what it prints to both streams, without
// blanks at the ends of lines.
func shell(command string) (string, error) {
	fmt.Fprintln(os.Stderr, "$", command)
	bin, err := filepath.Abs("bin")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	printed, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", command, err, bytes.TrimSpace(printed))
	}
	var out strings.Builder
	for line := range strings.Lines(string(printed)) {
		out.WriteString(strings.TrimRight(line, " \r\n") + "\n")
	}
	return out.String(), nil
}
