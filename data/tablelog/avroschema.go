package tablelog

import (
	"encoding/json"
	"fmt"
)

// avroType is a node of an Avro schema: what the decoder has to read.
type avroType struct {
	kind   string // as Avro names it: a primitive, or record, enum, array, map, union, fixed
	fields []avroField
	items  *avroType   // of arrays and maps
	union  []*avroType // branches
	size   int64       // of fixed, in bytes
}

type avroField struct {
	name string
	id   int32 // field id of Iceberg; 0: none
	of   *avroType
}

// mostTypes bounds how many nodes a schema has.
const mostTypes = 100_000

// avroSchema reads a schema; named types are known from where they stand on.
type avroSchema struct {
	named map[string]*avroType // by name, with and without the namespace
	space string               // namespace of names without one
	nodes int
}

func parseAvroSchema(text []byte) (*avroType, error) {
	s := &avroSchema{named: map[string]*avroType{}}
	return s.parse(text)
}

func (s *avroSchema) parse(text json.RawMessage) (*avroType, error) {
	if s.nodes++; s.nodes > mostTypes {
		return nil, fmt.Errorf("the Avro schema has more than %d parts", mostTypes)
	}
	var name string
	if json.Unmarshal(text, &name) == nil {
		return s.byName(name)
	}
	var branches []json.RawMessage
	if json.Unmarshal(text, &branches) == nil {
		union, err := s.all(branches)
		return &avroType{kind: "union", union: union}, err
	}
	return s.complex(text)
}

func (s *avroSchema) byName(name string) (*avroType, error) {
	switch name {
	case "null", "boolean", "int", "long", "float", "double", "bytes", "string":
		return &avroType{kind: name}, nil
	}
	if t := s.named[name]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("the Avro schema has no type %q", name)
}

func (s *avroSchema) all(texts []json.RawMessage) ([]*avroType, error) {
	var types []*avroType
	for _, text := range texts {
		t, err := s.parse(text)
		if err != nil {
			return nil, err
		}
		types = append(types, t)
	}
	return types, nil
}

// complex reads a type that is written as an object.
func (s *avroSchema) complex(text json.RawMessage) (*avroType, error) {
	var o struct {
		Type      json.RawMessage
		Name      string
		Namespace string
		Size      int64
		Items     json.RawMessage
		Values    json.RawMessage
		Fields    []struct {
			Name string
			Type json.RawMessage
			ID   int32 `json:"field-id"`
		}
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, fmt.Errorf("the Avro schema: %w", err)
	}
	var kind string
	if json.Unmarshal(o.Type, &kind) != nil {
		return s.parse(o.Type) // such as {"type": {"type": "array", …}}
	}
	t := &avroType{kind: kind, size: o.Size}
	defer func(outer string) { s.space = outer }(s.space)
	if o.Namespace != "" {
		s.space = o.Namespace
	}
	if o.Name != "" {
		s.named[o.Name], s.named[s.space+"."+o.Name] = t, t
	}
	var err error
	switch kind {
	case "record":
		for _, f := range o.Fields {
			of, err := s.parse(f.Type)
			if err != nil {
				return nil, err
			}
			t.fields = append(t.fields, avroField{f.Name, f.ID, of})
		}
	case "array":
		t.items, err = s.parse(o.Items)
	case "map":
		t.items, err = s.parse(o.Values)
	case "enum":
	case "fixed":
		if t.size < 0 {
			err = fmt.Errorf("the Avro schema has a type of %d bytes", t.size)
		}
	default:
		return s.byName(kind)
	}
	return t, err
}
