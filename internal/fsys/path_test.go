package fsys_test

import (
	"testing"

	"winback/internal/fsys"
)

func TestKey_TakesApartWhateverBeginsLikeAURL(t *testing.T) {
	for url, want := range map[string]struct {
		bucket, key string
		named       bool
	}{
		"s3://b/orders/": {"b", "orders", true}, "s3:/b/orders": {"b", "orders", true}, "s3://b": {"b", "", true}, "s3://b/x/../y": {"b", "y", true},
		"s3://": {}, "s3:/": {}, "s3:///": {}, "s3:///orders": {"orders", "", false}, "s3://.": {}, "s3://./b": {"b", "", false}, "s3://../x": {"x", "", false},
		"s3://b/../c": {"c", "", false}, "s3://b/../../c": {"c", "", false},
	} {
		if bucket, key := fsys.Key(url); bucket != want.bucket || key != want.key || fsys.NamesBucket(url) != want.named {
			t.Errorf("%s: bucket %q, key %q, named %v; want %v", url, bucket, key, fsys.NamesBucket(url), want)
		}
	}
}
