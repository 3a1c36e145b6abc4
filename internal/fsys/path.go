package fsys

import (
	"path/filepath"
	"strings"
)

// Paths are those of the operating system, or the URLs of objects, such as
// s3://bucket/orders/part-0.parquet. Whoever cleans such a URL as a path leaves one of
// its slashes; both forms are understood, and the functions here give the one with two.

const (
	storeURL   = "s3://"
	storeStart = "s3:/" // of both forms
)

// InStore says whether a path is the URL of an object.
func InStore(path string) bool { return strings.HasPrefix(path, storeStart) }

// NamesBucket says whether the URL of an object begins with a bucket and stays within it.
func NamesBucket(path string) bool {
	rest := strings.TrimPrefix(strings.TrimPrefix(path, storeStart), "/")
	named, _, _ := strings.Cut(rest, "/")
	bucket, _ := Key(path)
	return named != "" && named != "." && named != ".." && named == bucket
}

// Key takes the URL of an object apart; the key has no slash in front or behind, and is
// empty for the bucket itself. Both are empty where nothing is named.
func Key(path string) (bucket, key string) {
	rest := strings.TrimLeft(strings.TrimPrefix(filepath.ToSlash(filepath.Clean(path)), "s3:"), "/")
	bucket, key, _ = strings.Cut(rest, "/")
	return bucket, key
}

// url writes a cleaned path with both slashes of a URL.
func url(cleaned string) string {
	if !InStore(cleaned) {
		return cleaned
	}
	return storeURL + strings.TrimLeft(cleaned[len(storeStart):], "/")
}

// Join is filepath.Join for paths and URLs.
func Join(parts ...string) string { return url(filepath.Join(parts...)) }

// Clean is filepath.Clean for paths and URLs.
func Clean(path string) string { return url(filepath.Clean(path)) }

// Dir is filepath.Dir for paths and URLs; a bucket is its own folder.
func Dir(path string) string {
	if InStore(path) {
		if _, key := Key(path); key == "" {
			return Clean(path)
		}
	}
	return url(filepath.Dir(path))
}

// Abs is filepath.Abs for paths; the URL of an object is absolute.
func Abs(path string) (string, error) {
	if InStore(path) {
		return Clean(path), nil
	}
	return filepath.Abs(path)
}
