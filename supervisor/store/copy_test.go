package store

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// full is a configuration in which every map, slice and pointer has something.
func full(t testing.TB) (c slot.Config) {
	t.Helper()
	fill(reflect.ValueOf(&c).Elem())
	return c
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("a")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(7)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// shared counts what two values have in common that one of them could change.
func shared(a, b reflect.Value) (n int) {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			n += shared(a.Field(i), b.Field(i))
		}
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if a.Pointer() == b.Pointer() {
			return 1
		}
		switch a.Kind() {
		case reflect.Pointer:
			return shared(a.Elem(), b.Elem())
		case reflect.Slice:
			return shared(a.Index(0), b.Index(0))
		}
		for all := a.MapRange(); all.Next(); {
			n += shared(all.Value(), b.MapIndex(all.Key()))
		}
	}
	return n
}

func TestCopied_SharesNothing(t *testing.T) {
	c := full(t)
	got := copied(c)
	if !reflect.DeepEqual(got, c) {
		t.Errorf("the copy is %+v, not %+v", got, c)
	}
	if n := shared(reflect.ValueOf(c), reflect.ValueOf(got)); n != 0 {
		t.Errorf("%d things are shared", n)
	}
	if same := shared(reflect.ValueOf(c), reflect.ValueOf(c)); same == 0 {
		t.Error("the test sees nothing that is shared")
	}
}

func BenchmarkCopied(b *testing.B) {
	c := full(b)
	b.Run("copied", func(b *testing.B) {
		for b.Loop() {
			copied(c)
		}
	})
	b.Run("through JSON", func(b *testing.B) {
		for b.Loop() {
			data, _ := json.Marshal(c)
			var v slot.Config
			json.Unmarshal(data, &v)
		}
	})
}
