CREATE TABLE todos (
  id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text text NOT NULL CHECK (text <> '')
);
