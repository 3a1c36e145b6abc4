package main

import (
	"errors"
	"testing"
)

func TestRerun_ReplacesOutputInConsoleBlocksAlone(t *testing.T) {
	const text = "a\n```console\n$ one\nold\n$ two\nolder\noldest\n```\n```sh\n$ three\nstays\n```\n$ four\n"
	const want = "a\n```console\n$ one\n<one>\n$ two\n<two>\n```\n```sh\n$ three\nstays\n```\n$ four\n"
	got, err := rerun(text, func(command string) (string, error) { return "<" + command + ">\n", nil })
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestRerun_StopsAtAFailingCommandAndAnOpenBlock(t *testing.T) {
	fails := errors.New("no")
	if _, err := rerun("```console\n$ one\n```\n", func(string) (string, error) { return "", fails }); !errors.Is(err, fails) {
		t.Errorf("error %v", err)
	}
	if _, err := rerun("```console\n$ one\n", func(string) (string, error) { return "", nil }); err == nil {
		t.Error("an open block passes")
	}
}
