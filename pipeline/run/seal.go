package run

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// afterDigest follows the digest in a sealed text. The digest is the last field,
// so that it can be found in the bytes without knowing the rest of their format.
const afterDigest = "\"\n}\n"

func beforeDigest(field string) string { return "  \"" + field + "\": \"" }

// Seal writes content as JSON with its own SHA-256: content has a last field of
// that name, an empty text, and the digest is that of the bytes with it empty.
func Seal(content any, field string) ([]byte, error) {
	var text bytes.Buffer
	if err := WriteJSON(&text, content); err != nil {
		return nil, err
	}
	head, ok := bytes.CutSuffix(text.Bytes(), []byte(beforeDigest(field)+afterDigest))
	if !ok {
		return nil, errors.New("the digest is not the last field")
	}
	digest := sha256.Sum256(text.Bytes())
	return fmt.Appendf(nil, "%s%s%x%s", head, beforeDigest(field), digest, afterDigest), nil
}

// CheckSeal says whether the bytes fit the digest in them.
func CheckSeal(text []byte, field string) error {
	body, ok := bytes.CutSuffix(text, []byte(afterDigest))
	if !ok || len(body) < 2*sha256.Size {
		return errors.New("cut short or overwritten")
	}
	head, want := body[:len(body)-2*sha256.Size], string(body[len(body)-2*sha256.Size:])
	if !bytes.HasSuffix(head, []byte(beforeDigest(field))) {
		return errors.New("cut short or overwritten")
	}
	sum := sha256.New()
	sum.Write(head)
	sum.Write([]byte(afterDigest))
	if found := hex.EncodeToString(sum.Sum(nil)); found != want {
		return fmt.Errorf("want sha256 %s, found %s", want, found)
	}
	return nil
}
