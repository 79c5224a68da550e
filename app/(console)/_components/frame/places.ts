import {
  Activity,
  BookOpen,
  Bot,
  CreditCard,
  Gauge,
  Hash,
  KeyRound,
  LayoutDashboard,
  ListTree,
  type LucideIcon,
  Mail,
  MessageSquare,
  Phone,
  Settings,
  ShieldCheck,
  Users,
} from "lucide-react";

export type Place = {
  href: string;
  name: string;
  /** Where there is little room. */
  short: string;
  icon: LucideIcon;
  /** What follows `g` to go there. */
  key: string;
};

/** The console's pages in the order of the navigation; each group is set apart. */
export const PLACE_GROUPS: { name: string; places: Place[] }[] = [
  {
    name: "Work",
    places: [
      { href: "/overview", name: "Overview", short: "Overview", icon: LayoutDashboard, key: "o" },
      { href: "/agents", name: "Agents", short: "Agents", icon: Bot, key: "a" },
      { href: "/live", name: "Live activity", short: "Live", icon: Activity, key: "l" },
      { href: "/audit", name: "Audit", short: "Audit", icon: ListTree, key: "u" },
      { href: "/mail", name: "Mail", short: "Mail", icon: Mail, key: "m" },
    ],
  },
  {
    name: "Telephone",
    places: [
      { href: "/calls", name: "Calls", short: "Calls", icon: Phone, key: "t" },
      { href: "/numbers", name: "Numbers", short: "Numbers", icon: Hash, key: "n" },
      { href: "/texts", name: "Texts", short: "Texts", icon: MessageSquare, key: "x" },
      { href: "/compliance", name: "Compliance", short: "Rules", icon: ShieldCheck, key: "r" },
    ],
  },
  {
    name: "Organisation",
    places: [
      { href: "/billing", name: "Billing", short: "Billing", icon: CreditCard, key: "b" },
      { href: "/caps", name: "Caps", short: "Caps", icon: Gauge, key: "c" },
      { href: "/keys", name: "Keys", short: "Keys", icon: KeyRound, key: "k" },
      { href: "/members", name: "Members", short: "Members", icon: Users, key: "p" },
      { href: "/settings", name: "Settings", short: "Settings", icon: Settings, key: "s" },
    ],
  },
  {
    name: "Help",
    places: [{ href: "/docs", name: "Documentation", short: "Docs", icon: BookOpen, key: "d" }],
  },
];

export const PLACES: Place[] = PLACE_GROUPS.flatMap((group) => group.places);

/** Whether a path is a place or below it. */
export function isAt(path: string, { href }: Place): boolean {
  return path === href || path.startsWith(`${href}/`);
}
