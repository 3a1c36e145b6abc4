package serve

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs"
	"winback/jobs/settings"
)

// leastToken is the shortest token, in characters.
const leastToken = 32

// people are the digests of the tokens by name; nil lets everybody in.
type people map[string][sha256.Size]byte

// readPeople reads a name and a token from each line; empty lines and those that
// begin with # are passed over. A file that everybody can read is refused.
func readPeople(files fsys.FS, path string) (people, error) {
	refuse := func(text string) error { return &settings.Error{Where: "--token-file", Text: path + ": " + text} }
	info, err := files.Stat(path)
	if err != nil {
		return nil, &jobs.ExitError{Code: jobs.ExitInput, Err: &data.InputError{Path: path, Err: err}}
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 {
		return nil, refuse(fmt.Sprintf("want a file that only its owner can read (chmod 600), found mode %04o", mode))
	}
	file, err := files.Open(path)
	if err != nil {
		return nil, &jobs.ExitError{Code: jobs.ExitInput, Err: &data.InputError{Path: path, Err: err}}
	}
	defer file.Close()
	known := people{}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		_, twice := known[words[0]]
		switch {
		case len(words) != 2 || strings.ContainsRune(words[0], ':'):
			return nil, refuse(fmt.Sprintf("line %d: want a name without a colon and a token", n))
		case len(words[1]) < leastToken:
			return nil, refuse(fmt.Sprintf("line %d: want a token of at least %d characters, found %d", n, leastToken, len(words[1])))
		case twice:
			return nil, refuse(fmt.Sprintf("line %d: the name is there twice", n))
		}
		known[words[0]] = sha256.Sum256([]byte(words[1]))
	}
	if err := lines.Err(); err != nil {
		return nil, &jobs.ExitError{Code: jobs.ExitInput, Err: &data.InputError{Path: path, Err: err}}
	}
	if len(known) == 0 {
		return nil, &jobs.ExitError{Code: jobs.ExitInput, Err: &data.InputError{Path: path, Err: errors.New("nobody is named in it")}}
	}
	return known, nil
}

// admits says whether the token is that of the name. It takes as long for a name
// that is not there.
func (p people) admits(name, token string) bool {
	want, known := p[name]
	got := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1 && known
}
