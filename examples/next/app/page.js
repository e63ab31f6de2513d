import Counter from "./counter";

// Made anew for each request: the slot's variables are read then, not at build.
export const dynamic = "force-dynamic";

export default function Page() {
  const { GREETING = "Hello from Next.js", SLOT_NAME = "?", SLOT_RELEASE = "?" } = process.env;
  return (
    <>
      <h1>{GREETING}</h1>
      <p>{`Slot ${SLOT_NAME}, release ${SLOT_RELEASE}.`}</p>
      <Counter />
    </>
  );
}
