// Package settings holds the settings of all commands: what each is called, how
// it is written, what it is where nobody sets it, and how flags, environment
// and settings file come together.
package settings

import (
	"fmt"
	"slices"
	"strconv"
)

// Error says which setting cannot be used, where it stands, and what was
// expected and found.
type Error struct {
	Where string // "--horizon", "WINBACK_HORIZON" or "winback.yaml:3:10: horizon"
	Text  string
}

// Error begins with where the setting stands.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Where, e.Text) }

// valueKind is what a settings file may hold for a setting.
type valueKind uint8

const (
	textValue   valueKind = iota // a text; a number stands for its digits
	wholeValue                   // a whole number
	numberValue                  // a number
	boolValue                    // true or false
	listValue                    // a list of texts, or one
	mapValue                     // keys with a text or a list of texts
)

// Setting is one row of a table of settings: how it is written, and the field
// that holds it.
type Setting struct {
	Name    string // of the flag and of the key in a settings file
	Letter  string // short form of the flag; "" for none
	Holder  string // stands for the value in help texts; "" for a switch
	Help    string
	Preset  string // the default, as a flag gives it; "" for not set
	Example string // of a flag without which the command does nothing; "" where it may be left out

	section  string // heading in winback config
	unset    string // what not set means, in words
	kind     valueKind
	flagOnly bool // has no place in a settings file: it is asked of one command
	fileOnly bool // has no flag
	secret   bool // never printed
	apart    bool // decides where, how fast and how loud a run is, not what its files hold
	value    value
}

// Switch says whether the flag stands without a value.
func (s *Setting) Switch() bool { return s.kind == boolValue }

// value is the field behind a setting.
type value interface {
	set(parts []string) error // one, or those of a list or map
	get() []string            // nil where nothing is set
	clear()
}

// field is a value of a type, and how it is read and written.
type field[T any] struct {
	at    *T
	parse func([]string) (T, error)
	write func(T) []string
	none  T // what stands for not set
}

func (f field[T]) set(parts []string) error {
	v, err := f.parse(parts)
	if err == nil {
		*f.at = v
	}
	return err
}

func (f field[T]) get() []string { return f.write(*f.at) }
func (f field[T]) clear()        { *f.at = f.none }

// one is a field that is read from one text.
func one[T any](at *T, parse func(string) (T, error), write func(T) []string) field[T] {
	return field[T]{at: at, write: write, parse: func(parts []string) (T, error) {
		if len(parts) == 0 {
			return parse("")
		}
		return parse(parts[0])
	}}
}

// many is a field that is read from a list.
func many[T any](at *T, parse func([]string) (T, error), write func(T) []string) field[T] {
	return field[T]{at: at, write: write, parse: parse}
}

func text(at *string) field[string] { return one(at, parseText, showText) }

// onDisk is a file or folder of the machine, inStore one that may be the URL of an
// object as well.
func onDisk(at *string) field[string]  { return one(at, parseOnDisk, showText) }
func inStore(at *string) field[string] { return one(at, parseInStore, showText) }

func fileInStore(at *string) field[string] { return one(at, parseFileInStore, showText) }

// within makes a parser of whole numbers.
func within[T int | int64 | uint64](what string, low, high int64) func(string) (T, error) {
	return func(text string) (T, error) {
		n, err := parseWhole(text, what, low, high)
		return T(n), err
	}
}

// orAuto makes a parser to which "auto" is zero.
func orAuto[T int | int64](parse func(string) (T, error)) func(string) (T, error) {
	return func(text string) (T, error) {
		if text == "auto" {
			return 0, nil
		}
		return parse(text)
	}
}

// oneOf makes a parser of a few words.
func oneOf[T ~string](want string, words ...T) func(string) (T, error) {
	return func(text string) (T, error) {
		if slices.Contains(words, T(text)) {
			return T(text), nil
		}
		return "", wantFound(want, text)
	}
}

// positive makes a parser that refuses zero.
func positive(parse func(string) (float64, error), want string) func(string) (float64, error) {
	return func(text string) (float64, error) {
		v, err := parse(text)
		if err != nil || v == 0 {
			return 0, wantFound(want, text)
		}
		return v, nil
	}
}

// show writes a number, nothing for zero.
func show[T int | int64](v T) []string {
	if v == 0 {
		return nil
	}
	return []string{strconv.FormatInt(int64(v), 10)}
}

// showAuto writes a number, "auto" for zero.
func showAuto(v int) []string {
	if v == 0 {
		return []string{"auto"}
	}
	return show(v)
}

// showText writes a text, nothing for an empty one.
func showText[T ~string](v T) []string {
	if v == "" {
		return nil
	}
	return []string{string(v)}
}

func showNumber(v float64) []string {
	if v == 0 {
		return nil
	}
	return []string{number(v)}
}

// shown writes each entry of a list.
func shown[T any](write func(T) string) func([]T) []string {
	return func(list []T) []string {
		var parts []string
		for _, v := range list {
			parts = append(parts, write(v))
		}
		return parts
	}
}
