import { serve } from "bun";
serve({});
