import { cva, type VariantProps } from "class-variance-authority";
import { Children, type ComponentProps, cloneElement, type ReactElement } from "react";
import { cn } from "./cn.ts";

const styles = cva(
  "inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:opacity-60 disabled:cursor-not-allowed [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent-fill text-accent-ink hover:brightness-110",
        outline: "border border-line-strong/50 bg-surface text-ink hover:bg-raised",
        ghost: "text-muted hover:bg-raised hover:text-ink",
        danger: "bg-danger-fill text-danger-ink hover:brightness-110",
        "danger-outline": "border border-danger/50 bg-surface text-danger hover:bg-danger-soft",
      },
      size: { sm: "h-7 px-2 text-[0.8125rem]", md: "h-9 px-3.5", icon: "size-8" },
    },
    defaultVariants: { variant: "outline", size: "md" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof styles> & { asChild?: boolean };

/** A button, or with `asChild` a link that looks like one. */
export function Button({ className, variant, size, asChild = false, type = "button", ...props }: ButtonProps) {
  if (!asChild) return <button type={type} className={cn(styles({ variant, size }), className)} {...props} />;
  const { children, ...rest } = props;
  const link = Children.only(children) as ReactElement<{ className?: string }>;
  return cloneElement(link, { ...rest, className: cn(styles({ variant, size }), className, link.props.className) });
}
