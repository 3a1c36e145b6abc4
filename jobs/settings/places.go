package settings

import (
	"fmt"
	"regexp"

	"winback/internal/fsys"
)

// anyURL is how the URL of a store begins, of whichever kind.
var anyURL = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

func parseInStore(text string) (string, error) {
	if scheme := anyURL.FindString(text); scheme != "" && scheme != "s3://" {
		return "", fmt.Errorf("%s is not read or written here: want a path, or the URL of an object store such as s3://bucket/orders (other clouds speak S3 too, at AWS_ENDPOINT_URL)", scheme)
	}
	if fsys.InStore(text) && !fsys.NamesBucket(text) {
		return "", fmt.Errorf("the bucket is missing in %q; want one, as in s3://bucket/orders", text)
	}
	return parseText(text)
}

// parseFileInStore is parseInStore for one file, which has a name of its own.
func parseFileInStore(text string) (string, error) {
	if text, err := parseInStore(text); err != nil || !fsys.InStore(text) {
		return text, err
	}
	if _, key := fsys.Key(text); key == "" {
		return "", fmt.Errorf("%q is a bucket; want a file in it, as in %s/list.csv", text, fsys.Clean(text))
	}
	return parseText(text)
}

func parseOnDisk(text string) (string, error) {
	if fsys.InStore(text) || anyURL.MatchString(text) {
		return "", wantFound("a path on this machine: this is not read from or written to an object store", text)
	}
	return parseText(text)
}

func parseSources(parts []string) ([]string, error) {
	for _, part := range parts {
		if _, err := parseInStore(part); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// OnDisk refuses URLs of object stores among files that a command takes from disks
// alone; where names them in the error.
func OnDisk(where string, paths ...string) error {
	for _, path := range paths {
		if _, err := parseOnDisk(path); err != nil && path != "" {
			return &Error{Where: where, Text: err.Error()}
		}
	}
	return nil
}

// CheckSources refuses what cannot be the source of orders.
func CheckSources(sources []string) error {
	if _, err := parseSources(sources); err != nil {
		return &Error{Where: "ORDERS", Text: err.Error()}
	}
	return nil
}
