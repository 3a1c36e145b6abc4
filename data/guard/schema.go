package guard

import "strings"

// element is one node of the schema as the footer lists it, depth first.
type element struct {
	name       string
	physical   Physical
	length     int32
	repetition int32
	children   int32
	converted  int32
	scale      int32
	precision  int32
	fieldID    int32
	logical    Logical
	forGroups  bool   // the logical type is one of groups only
	has        uint64 // fields that are present, as bits
}

// Fields of a schema element.
const (
	fieldPhysical   = 1
	fieldLength     = 2
	fieldRepetition = 3
	fieldName       = 4
	fieldChildren   = 5
	fieldConverted  = 6
	fieldScale      = 7
	fieldPrecision  = 8
	fieldID         = 9
	fieldLogical    = 10
)

const (
	required = 0
	optional = 1
	repeated = 2
)

// maxDepth is how deep columns may lie in groups.
const maxDepth = 64

func (e *element) holds(field int) bool { return e.has&(1<<field) != 0 }

func (t *thrift) schemaElement() element {
	var e element
	t.structure(func(id int16, typ byte) {
		if id >= 0 && id < 64 {
			e.has |= 1 << id
		}
		switch id {
		case fieldPhysical:
			e.physical = Physical(t.i32(typ, "physical type"))
		case fieldLength:
			e.length = t.i32(typ, "type length")
		case fieldRepetition:
			e.repetition = t.i32(typ, "repetition")
		case fieldName:
			e.name = t.text(typ, "column name")
		case fieldChildren:
			e.children = t.i32(typ, "number of children")
		case fieldConverted:
			e.converted = t.i32(typ, "converted type")
		case fieldScale:
			e.scale = t.i32(typ, "scale")
		case fieldPrecision:
			e.precision = t.i32(typ, "precision")
		case fieldID:
			e.fieldID = t.i32(typ, "field id")
		case fieldLogical:
			if t.is(typ, thriftStruct, "logical type") {
				e.logical, e.forGroups = t.logicalUnion()
			}
		default:
			t.skip(typ)
		}
	})
	return e
}

// leaves folds the flat list of nodes into the tree that it stands for and
// returns its leaves.
func leaves(elements []element) ([]Column, *Error) {
	if len(elements) == 0 {
		return nil, wrong("the schema is empty")
	}
	root := elements[0]
	if root.holds(fieldPhysical) {
		return nil, wrong("the schema does not start with a group of columns")
	}
	w := schemaWalk{rest: elements[1:]}
	if err := w.children(root, nil, 0, 0); err != nil {
		return nil, err
	}
	if len(w.rest) > 0 {
		return nil, wrong("the schema lists %d more columns than its groups have room for", len(w.rest))
	}
	return w.found, nil
}

type schemaWalk struct {
	rest  []element
	found []Column
}

func (w *schemaWalk) children(group element, path []string, definition, repetition int) *Error {
	if group.children < 0 || int(group.children) > len(w.rest) {
		return wrong("schema group %q has %d children, %d columns are left", group.name, group.children, len(w.rest))
	}
	if len(path) >= maxDepth {
		return wrong("the schema is more than %d groups deep", maxDepth)
	}
	for i := int32(0); i < group.children; i++ {
		if len(w.rest) == 0 {
			return wrong("schema group %q has %d children, only %d are listed", group.name, group.children, i)
		}
		e := w.rest[0]
		w.rest = w.rest[1:]
		if err := w.node(e, path, definition, repetition); err != nil {
			return err
		}
	}
	return nil
}

func (w *schemaWalk) node(e element, parents []string, definition, repetition int) *Error {
	path := append(parents[:len(parents):len(parents)], e.name)
	name := strings.Join(path, ".")
	switch {
	case !e.holds(fieldName):
		return wrong("a column has no name").in(name, 0)
	case !e.holds(fieldRepetition):
		return wrong("the schema does not say whether it is required").in(name, 0)
	case e.repetition == optional:
		definition++
	case e.repetition == repeated:
		definition++
		repetition++
	case e.repetition != required:
		return wrong("unknown repetition %d", e.repetition).in(name, 0)
	}
	if !e.holds(fieldPhysical) {
		return w.children(e, path, definition, repetition)
	}
	c, err := e.column()
	if err != nil {
		return err.in(name, 0)
	}
	c.Name, c.Path, c.MaxDefinition, c.MaxRepetition = name, path, definition, repetition
	w.found = append(w.found, c)
	return nil
}

// column is the leaf that the node stands for.
func (e *element) column() (Column, *Error) {
	c := Column{Physical: e.physical, FieldID: e.fieldID, Optional: e.repetition == optional, Logical: e.logical}
	if e.children != 0 {
		return c, wrong("it has a type and %d children", e.children)
	}
	if e.physical < Boolean || e.physical > FixedLenByteArray {
		return c, wrong("unknown physical type %d", e.physical)
	}
	if e.physical == FixedLenByteArray {
		if e.length < 1 || e.length > 1<<15-1 {
			return c, wrong("values of %d bytes, must be 1 to 32,767", e.length)
		}
		c.Length = int(e.length)
	}
	if e.forGroups {
		return c, wrong("it has the logical type of a group")
	}
	if c.Logical.Meaning == NoMeaning && e.holds(fieldConverted) {
		l, ok := convertedType(e.converted, e.scale, e.precision)
		if !ok && e.converted <= 3 {
			return c, wrong("it has the logical type of a group")
		}
		c.Logical = l
	}
	return c, c.Logical.fits(c.Physical, c.Length)
}
