package objectstore

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"winback/internal/fsys"
)

// info is what is told of an object, or of a folder of objects.
type info struct {
	name     string
	size     int64
	modified time.Time
	folder   bool
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) ModTime() time.Time { return i.modified }
func (i info) IsDir() bool        { return i.folder }
func (i info) Sys() any           { return nil }

// Mode is that of files and folders that winback writes: a store has none.
func (i info) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | fsys.FolderMode
	}
	return fsys.FileMode
}

// look asks for the size and the version of an object.
func (s *Store) look(o object) (info, string, error) {
	ctx, cancel := limited()
	defer cancel()
	head, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &o.bucket, Key: &o.key})
	if err != nil {
		return info{}, "", err
	}
	return info{path.Base(o.key), aws.ToInt64(head.ContentLength), aws.ToTime(head.LastModified), false}, aws.ToString(head.ETag), nil
}

// Stat tells of an object, or of the objects below a path as a folder.
func (s *Store) Stat(name string) (fs.FileInfo, error) {
	o := at(name)
	if o.key != "" {
		found, _, err := s.look(o)
		if err == nil {
			return found, nil
		}
		if statusOf(err) != http.StatusNotFound {
			return nil, failed("stat", o, err)
		}
	}
	ctx, cancel := limited()
	defer cancel()
	listed, err := s.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &o.bucket, Prefix: aws.String(o.prefix()), MaxKeys: aws.Int32(1)})
	if err == nil && len(listed.Contents) == 0 && o.key != "" {
		err = &fs.PathError{Op: "stat", Path: o.url(), Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, failed("stat", o, err)
	}
	return info{name: path.Base(o.url()), folder: true}, nil
}

// ReadDir lists the objects and folders below a path, by name.
func (s *Store) ReadDir(name string) ([]fs.DirEntry, error) {
	o := at(name)
	var found []fs.DirEntry
	any := false
	err := s.list(o, "/", func(page *s3.ListObjectsV2Output) error {
		for _, c := range page.Contents {
			any = true
			if aws.ToString(c.Key) != o.prefix() { // an empty object that some tools make for a folder
				found = append(found, fs.FileInfoToDirEntry(info{path.Base(aws.ToString(c.Key)), aws.ToInt64(c.Size), aws.ToTime(c.LastModified), false}))
			}
		}
		for _, p := range page.CommonPrefixes {
			any = true
			inner := strings.TrimSuffix(strings.TrimPrefix(aws.ToString(p.Prefix), o.prefix()), "/")
			if inner == "" || inner == "." || inner == ".." {
				return fmt.Errorf("the key %q has a part that is no name of a folder, which no path reaches", aws.ToString(p.Prefix))
			}
			found = append(found, fs.FileInfoToDirEntry(info{name: inner, folder: true}))
		}
		return nil
	})
	if err == nil && !any && o.key != "" {
		err = &fs.PathError{Op: "open", Path: o.url(), Err: fs.ErrNotExist}
	}
	slices.SortStableFunc(found, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return found, failed("list", o, err)
}

// list gives the pages of a listing of what lies below a folder.
func (s *Store) list(o object, delimiter string, give func(*s3.ListObjectsV2Output) error) error {
	in := &s3.ListObjectsV2Input{Bucket: &o.bucket, Prefix: aws.String(o.prefix())}
	if delimiter != "" {
		in.Delimiter = &delimiter
	}
	pages := s3.NewListObjectsV2Paginator(s.client, in)
	for pages.HasMorePages() {
		ctx, cancel := limited()
		page, err := pages.NextPage(ctx)
		cancel()
		if err == nil {
			err = give(page)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Remove removes an object.
func (s *Store) Remove(name string) error {
	o := at(name)
	if err := s.allowed(o); err != nil {
		return err
	}
	return failed("remove", o, s.remove(o))
}

func (s *Store) remove(o object) error {
	ctx, cancel := limited()
	defer cancel()
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &o.bucket, Key: &o.key})
	return err
}

// RemoveAll removes an object and all below it.
func (s *Store) RemoveAll(name string) error {
	o := at(name)
	if o.key == "" {
		return &fs.PathError{Op: "remove", Path: o.url(), Err: errors.New("a bucket is not emptied")}
	}
	if err := s.allowed(o); err != nil {
		return err
	}
	keys := []string{o.key}
	err := s.list(o, "", func(page *s3.ListObjectsV2Output) error {
		for _, c := range page.Contents {
			keys = append(keys, aws.ToString(c.Key))
		}
		return nil
	})
	for _, key := range keys {
		if err == nil {
			err = s.remove(object{o.bucket, key})
		}
	}
	return failed("remove", o, err)
}

// MkdirAll does nothing: folders are what keys begin with.
func (s *Store) MkdirAll(string) error { return nil }

// SyncDir does nothing: what was answered is durable.
func (s *Store) SyncDir(string) error { return nil }

// Rename fails: a store has no renames.
func (s *Store) Rename(from, to string) error {
	return &fs.PathError{Op: "rename", Path: at(to).url(), Err: errors.ErrUnsupported}
}

// Symlink fails: a store has no links; see Stamp.
func (s *Store) Symlink(_, link string) error {
	return &fs.PathError{Op: "symlink", Path: at(link).url(), Err: errors.ErrUnsupported}
}
