#!/usr/bin/env bash
# Library: github.com/aws/aws-sdk-go-v2/service/s3 v1.114.10; seen with versitygw v1.8.0 as the server.
# Guess: since the client gives every part of an upload a CRC32 unasked, it has announced that checksum
#   when the upload began.
# Behaviour: CreateMultipartUpload announces no checksum unless ChecksumAlgorithm is set. versitygw answers
#   each part with its CRC32 all the same, and refuses it when it is passed on, as the fields of
#   CompletedPart suggest: InvalidPart, "may not have been uploaded, or the specified entity tag may not
#   match". Announce CRC32, or leave the parts' checksums out. (The script shows what the client sends.)
# Hurts: uploads in parts to stores other than the one that was tried; small files go through.
# Output seen:
#   create: announced checksum ""
#   part: checksum sent true
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
cat > main.go <<'GO'
package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func main() {
	announced, sent := "unasked", false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			announced = r.Header.Get("x-amz-checksum-algorithm")
			fmt.Fprint(w, "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>")
			return
		}
		sent = r.Header.Get("x-amz-checksum-crc32") != ""
		w.Header().Set("ETag", `"x"`)
	}))
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
	})
	client := s3.New(s3.Options{BaseEndpoint: &server.URL, UsePathStyle: true, Region: "us-east-1", Credentials: keys,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported}) // as config.LoadDefaultConfig has it
	ctx, bucket, key := context.Background(), "bucket", "key"
	upload, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
	if err != nil {
		panic(err)
	}
	_, err = client.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: &key, UploadId: upload.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader([]byte("a part"))})
	if err != nil {
		panic(err)
	}
	fmt.Printf("create: announced checksum %q\n", announced)
	fmt.Printf("part: checksum sent %v\n", sent)
	if announced != "" || !sent {
		panic("no surprise any more")
	}
	fmt.Println("surprise holds: parts carry a checksum that their upload never announced")
}
GO
go mod init finding 2>/dev/null
go get github.com/aws/aws-sdk-go-v2/service/s3@v1.114.10 github.com/aws/aws-sdk-go-v2@v1.48.0 >/dev/null 2>&1
go list -m github.com/aws/aws-sdk-go-v2/service/s3
go run .
