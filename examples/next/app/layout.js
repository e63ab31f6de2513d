import "./style.css";

export const metadata = { title: "Next.js in a slot" };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <main>{children}</main>
      </body>
    </html>
  );
}
