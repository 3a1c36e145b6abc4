package settings

import (
	"strings"
	"testing"
)

func TestPlaces_URLWithoutBucketIsRefused(t *testing.T) {
	for _, url := range []string{"s3://", "s3:///orders", "s3://../orders"} {
		var at string
		for name, err := range map[string]error{
			"folder": inStore(&at).set([]string{url}), "file": fileInStore(&at).set([]string{url}), "orders": CheckSources([]string{"orders", url}),
		} {
			if err == nil || !strings.Contains(err.Error(), `the bucket is missing in "`+url+`"`) {
				t.Errorf("%s %s: %v", name, url, err)
			}
		}
	}
	var at string
	for url, want := range map[string]string{"s3://b": `"s3://b" is a bucket; want a file in it, as in s3://b/list.csv`, "s3://b/": "is a bucket", "s3://b/list.csv": "", "list.csv": ""} {
		err := fileInStore(&at).set([]string{url})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := inStore(&at).set([]string{"s3://b"}); err != nil {
		t.Error(err)
	}
}
